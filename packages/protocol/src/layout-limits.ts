// Upper bounds that belong to the layouts themselves: a frame above one of them is malformed. Constants of a module, and not
// properties of an object, so that bundlers put the numbers where they are used.

export const streamNameBytes = 1_024
export const ruleNameBytes = 64
export const tokenBytes = 32 * 1024
export const clientNameBytes = 256
export const subjectBytes = 1_024
export const sessionIdBytes = 64
export const errorCodeBytes = 64
export const errorMessageBytes = 2_048
export const errorDetailsBytes = 8_192
export const adoptedReplicas = 512
export const streamsPerMessage = 1_024
export const batchesPerPush = 1_024
export const rangesPerStream = 512
