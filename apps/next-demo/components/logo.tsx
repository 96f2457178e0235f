export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="var(--accent)" />
        <g fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round">
          <path d="M7 10c9 0 9 6 18 6" />
          <path d="M7 22c9 0 9-6 18-6" opacity=".62" />
        </g>
      </svg>
      <span className="word">FlowSync</span>
    </span>
  )
}
