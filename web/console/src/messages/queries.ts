/** One message with what shows what became of it. */
import { answer, type MessageProof } from '@huixiang/api'
import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api } from '../api'

export const useProof = (id: Ref<string>) =>
  useQuery({
    queryKey: ['message', id],
    queryFn: ({ signal }): Promise<MessageProof> =>
      answer(api.GET('/api/console/v1/messages/{message_id}', { params: { path: { message_id: id.value } }, signal })),
  })
