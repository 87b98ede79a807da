/** What was last looked for, kept for the way back from a member. In memory only: it may be a phone number. */
import { ref } from 'vue'

export const lastQuery = ref('')
