export {
  createTextField,
  type TextField,
  type TextFieldSettings,
  type TextHandle,
} from './text-field/create-text-field.js'
export { RECORDED_ATTRIBUTE, textFieldScript } from './text-field/recording.js'
