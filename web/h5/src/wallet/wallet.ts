/** The member's coupons, packs and gifts: what the pages ask, and what they do. */
import {
  type CouponGift,
  type GiftTaken,
  type MadeGift,
  type Page,
  type PackOffer,
  type WalletCoupon,
} from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { api, command, mine } from '../queries'

export type WalletState = WalletCoupon['state']
export const STATES: readonly WalletState[] = ['issued', 'held', 'used', 'expired', 'given', 'voided']
const PAGE = 20
const GIFTS_PAGE = 100

/** The copies in one state. What was shown stays while another state is answered. */
export function useWallet(state: Ref<WalletState>) {
  const query = useInfiniteQuery({
    queryKey: ['wallet', 'coupons', state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const params = { query: { state: state.value, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } }
      return mine<Page<WalletCoupon>>(api.GET('/api/member/v1/me/wallet', { params, signal }))
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  return { query, coupons: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []) }
}

/** What became of the copies that were given, by copy: the latest gift of each. */
export function useGifts(wanted: Ref<boolean>) {
  const { data, error, refetch } = useQuery({
    queryKey: ['wallet', 'gifts'],
    queryFn: ({ signal }) =>
      mine<Page<CouponGift>>(api.GET('/api/member/v1/me/coupon-gifts', { params: { query: { limit: GIFTS_PAGE } }, signal })),
    enabled: wanted,
  })
  return { gifts: computed(() => new Map([...(data.value?.items ?? [])].reverse().map((gift) => [gift.coupon_id, gift]))), error, refetch }
}

export const usePacks = () =>
  useQuery({
    queryKey: ['wallet', 'packs'],
    queryFn: async ({ signal }) => {
      const offered = await mine<Page<PackOffer>>(api.GET('/api/member/v1/me/coupon-packs', { signal }))
      return offered.items.filter((pack) => !pack.had)
    },
  })

/** What changes the wallet. Whatever comes of it, the wallet is asked for again. */
export function useWalletCommands() {
  const client = useQueryClient()
  async function settled<Answer>(call: Promise<Answer>): Promise<Answer> {
    try {
      return await call
    } finally {
      void client.invalidateQueries({ queryKey: ['wallet'] })
    }
  }
  return {
    redeem: (code: string, key: string) =>
      settled(mine(api.POST('/api/member/v1/me/coupons/redeem', { params: command(key), body: { code } }))),
    takePack: (pack: string) =>
      settled(mine(api.POST('/api/member/v1/me/coupon-packs', { params: command(), body: { pack } }))),
    /** Its answer has the secret of the link; under the same key it is told again. */
    give: (coupon_id: string, key: string) =>
      settled(mine<MadeGift>(api.POST('/api/member/v1/me/coupons/{coupon_id}/gift', { params: { path: { coupon_id }, ...command(key) } }))),
    withdraw: (gift_id: string) =>
      settled(mine<CouponGift>(api.POST('/api/member/v1/me/coupon-gifts/{gift_id}/withdraw', { params: { path: { gift_id }, ...command() } }))),
    take: (token: string) =>
      settled(mine<GiftTaken>(api.POST('/api/member/v1/me/coupon-gifts/take', { params: command(), body: { token } }))),
  }
}
