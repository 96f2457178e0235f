import { TextDocument } from '../document/text-document.js'
import { blame, textAt, textDiff } from '../document/text-history.js'
import { UpdateDecoder } from '../document/update-decoder.js'
import { UpdateEncoder } from '../document/update-encoder.js'
import type { GraphSubject } from './graph-subject.js'

/** {@link TextDocument} as the tests drive it. */
export const textDocument: GraphSubject<TextDocument> = {
  name: 'a text document',
  create: (replica) => new TextDocument(replica),
  load: (bytes, replica) => TextDocument.load(bytes, replica),
  encoder: (document) => new UpdateEncoder(document),
  decoder: (document) => new UpdateDecoder(document),
  textAt,
  textDiff,
  blame,
  erase: (document) => {
    document.erase()
  },
}
