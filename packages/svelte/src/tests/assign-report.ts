/** What a component that assigns to streams lets its test do. */
export interface AssignReport {
  showLate?: () => void
  runEffect?: () => void
  assignText?: () => void
  assignCurrent?: () => void
  assignNotes?: () => void
  assignTitle?: () => void
}
