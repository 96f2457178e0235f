export default defineEventHandler((event) => {
  forgetUser(event)
  return null
})
