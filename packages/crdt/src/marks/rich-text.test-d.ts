import { expectTypeOf, it } from 'vitest'
import type { Json } from '../json.js'
import type { DeltaOf, IntentOf, ValueOf } from '../rule.js'
import { applyTextDeltas } from '../text-delta.js'
import { mapPosition } from '../text-position.js'
import type { RichTextDelta } from './rich-text-delta.js'
import { richText } from './rich-text.js'

it('a rich text knows its marks', () => {
  const rule = richText({ marks: { bold: { expand: 'after' }, note: { expand: 'none', multi: true } } })
  type Marks = ValueOf<typeof rule>['spans'][number]['marks']
  expectTypeOf<Marks['bold']>().toEqualTypeOf<Json | undefined>()
  expectTypeOf<Marks['note']>().toEqualTypeOf<readonly Json[] | undefined>()
  expectTypeOf<ValueOf<typeof rule>['text']>().toEqualTypeOf<string>()
  expectTypeOf<DeltaOf<typeof rule>>().toEqualTypeOf<RichTextDelta>()
  rule.actions.mark(0, 1, 'bold')
  // @ts-expect-error there is no such mark
  rule.actions.mark(0, 1, 'link')
  // @ts-expect-error there is no such mark
  const intent: IntentOf<typeof rule> = { op: 'mark', pos: 0, length: 1, name: 'link' }
  void intent
})

it('without options there are the usual marks', () => {
  const _rule = richText()
  type Marks = ValueOf<typeof _rule>['spans'][number]['marks']
  expectTypeOf<keyof Marks>().toEqualTypeOf<
    'bold' | 'italic' | 'underline' | 'strike' | 'code' | 'link' | 'comment'
  >()
  expectTypeOf<Marks['comment']>().toEqualTypeOf<readonly Json[] | undefined>()
})

it('its changes are changes of text too', () => {
  expectTypeOf<readonly RichTextDelta[]>().toExtend<Parameters<typeof applyTextDeltas>[1]>()
  expectTypeOf<readonly RichTextDelta[]>().toExtend<Parameters<typeof mapPosition>[1]>()
})
