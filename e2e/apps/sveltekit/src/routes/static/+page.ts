/** The same file for everybody: who is signed in is asked by the browser. */
export const prerender = true
