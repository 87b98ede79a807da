/** Of a query, what the frame of its list needs to know; one without pages has no more of them. */
interface Told<Value> {
  readonly value: Value
}

export interface Listed {
  error: Told<unknown>
  refetch: () => unknown
  isPlaceholderData?: Told<boolean>
  hasNextPage?: Told<boolean>
  isFetchingNextPage?: Told<boolean>
  isFetchNextPageError?: Told<boolean>
  fetchNextPage?: () => unknown
}
