/** The places of the console, each with the permission that opens it, in the order of the navigation. */
import type { Session } from '@huixiang/api'

export const PLACES = [
  { name: 'overview', permission: 'insight:read', icon: 'M4 20V10m5.3 10V4m5.4 16v-7M20 20V8' },
  {
    name: 'members',
    permission: 'members:read',
    icon: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 9c.3-3.6 2.6-5.5 6-5.5s5.7 1.9 6 5.5M16 4.3a3.5 3.5 0 0 1 0 6.5M17.5 14.9c2.1.7 3.3 2.4 3.5 5.1',
  },
  { name: 'messages', permission: 'messages:read', icon: 'M4 5h16v11H9.5L5 20v-4H4Z' },
] as const

export const placesOf = (session: Session): (typeof PLACES)[number][] =>
  PLACES.filter((place) => session.permissions.includes(place.permission))
