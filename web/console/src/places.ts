/** The places of the console, each with the permission that opens it, in the order of the navigation: first those of the
 * members, then (`house`) those of the console itself. */
import type { Session } from '@huixiang/api'

interface Place {
  name: string
  permission: string
  icon: string
  house?: boolean
}

export const PLACES: readonly Place[] = [
  { name: 'overview', permission: 'insight:read', icon: 'M4 20V10m5.3 10V4m5.4 16v-7M20 20V8' },
  {
    name: 'members',
    permission: 'members:read',
    icon: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 9c.3-3.6 2.6-5.5 6-5.5s5.7 1.9 6 5.5M16 4.3a3.5 3.5 0 0 1 0 6.5M17.5 14.9c2.1.7 3.3 2.4 3.5 5.1',
  },
  { name: 'approvals', permission: 'approvals:read', icon: 'M9 12.5l2.2 2.2L15.5 10M12 3l7.5 3v5.5c0 4.6-3.1 7.9-7.5 9.5-4.4-1.6-7.5-4.9-7.5-9.5V6Z' },
  { name: 'grants', permission: 'grants:read', icon: 'M4 11h16v9H4Zm-1-4h18v4H3Zm9 0v13M12 7C9 7 7.5 3.5 9.5 3S12 7 12 7Zm0 0c3 0 4.5-3.5 2.5-4S12 7 12 7Z' },
  { name: 'coupons', permission: 'coupons:read', icon: 'M3 6h18v4a2 2 0 0 0 0 4v4H3v-4a2 2 0 0 0 0-4Zm11 0v2m0 3v2m0 3v2' },
  { name: 'orders', permission: 'orders:read', icon: 'M6 8h12l1 12H5Zm3 0V7a3 3 0 0 1 6 0v1M9 13l2 2 4-4' },
  { name: 'refunds', permission: 'orders:read', icon: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3' },
  { name: 'payments', permission: 'finance:read', icon: 'M3 6h18v12H3Zm0 4h18M7 14.5h4' },
  { name: 'tills', permission: 'tills:read', icon: 'M12 21a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm0-12.5V13l3 2M9.5 2.5h5' },
  { name: 'messages', permission: 'messages:read', icon: 'M4 5h16v11H9.5L5 20v-4H4Z' },
  {
    name: 'staff',
    permission: 'staff:read',
    house: true,
    icon: 'M5 4h14v16H5ZM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-4 5c.4-2 1.9-3 4-3s3.6 1 4 3',
  },
  { name: 'keys', permission: 'keys:read', house: true, icon: 'M8 19a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm3.3-7.7L20 3m-3.5 3.5L19 9' },
  {
    name: 'audit',
    permission: 'audit:read',
    house: true,
    icon: 'M9.5 14.5l5-5M8 10.5l-2 2a3.6 3.6 0 0 0 5.1 5.1l2-2m3-2 2-2A3.6 3.6 0 0 0 13 6.5l-2 2',
  },
]

export const placesOf = (session: Session): Place[] =>
  PLACES.filter((place) => session.permissions.includes(place.permission))
