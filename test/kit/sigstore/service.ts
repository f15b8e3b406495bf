// SPDX-License-Identifier: Apache-2.0
// What one of the mock's services is to the server that offers it.

export interface Answer {
  statusCode: number;
  response: string | ArrayBufferView;
  contentType?: string;
}

export interface Service {
  path: string;
  /** Answers the body of a POST. */
  answer(body: string): Promise<Answer>;
}
