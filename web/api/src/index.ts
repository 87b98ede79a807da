export { ApiError, answer, createApi, type Api } from './client'
export type * from './types'
