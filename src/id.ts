// SPDX-License-Identifier: Apache-2.0
// The short names by which policy, roster and evidence know people, roles, agents and forges.

/** An id: lower-case letters, digits, dot, dash and underscore, at most 64, the first a letter or digit. */
export const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
