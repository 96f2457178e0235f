import { readFileSync } from 'node:fs'

/** `JSON.parse` without its `any`. @type {(text: string) => unknown} */
export const parseJson = JSON.parse

/** @param {string} file */
export const readJson = (file) => parseJson(readFileSync(file, 'utf8'))
