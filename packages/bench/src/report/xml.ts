const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand between tags and in attributes. Control characters that XML forbids are left out. */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the very characters that must not get through
  const allowed = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
  return allowed.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
