// SPDX-License-Identifier: Apache-2.0
// E-mail addresses as this project compares them. Ground, because the hook compares them too and may not load a roster.

/** Returns an address in the one spelling that is compared: trimmed, composed, in lower case. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
