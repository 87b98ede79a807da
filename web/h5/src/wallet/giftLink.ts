/** The secret of a gift's link: it stands after the `#`, which no server sees, and waits here until its member is in. */
const KEPT = 'huixiang.gift'

export const linkOf = (token: string): string => `${location.origin}/m/gift#gift=${token}`

/** Before the address is emptied. */
export function keepGift(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('gift')
  if (given) sessionStorage.setItem(KEPT, given)
}

export const keptGift = (): string | null => sessionStorage.getItem(KEPT)

export const forgetGift = (): void => sessionStorage.removeItem(KEPT)
