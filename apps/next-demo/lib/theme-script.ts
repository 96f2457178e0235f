/** Runs before the first paint, so that a chosen theme never flashes. */
export const THEME_SCRIPT = `{const t=localStorage.theme;if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}`
