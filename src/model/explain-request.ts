// A request that somebody asks about: "what would the router do with it?" (CONTRACT 4).

export interface ExplainRequest {
  /** Absolute: its scheme sets HTTPS, its port SERVER_PORT, its host is Host unless a header says otherwise. */
  url: string;
  /** [GET] */
  method?: string;
  /** In order; a repeated name is a repeated field. [none] */
  headers?: [name: string, value: string][];
  /** Address of the client. [127.0.0.1] */
  client?: string;
  /** What the server, or the site, would answer: then the way back is explained too. */
  response?: GivenResponse;
}

/** With every default filled in. */
export type AskedRequest = Required<Omit<ExplainRequest, 'response'>>;

export interface GivenResponse {
  /** Of a final response. [200] */
  status?: number;
  /** In order; a repeated name is a repeated field. Framing is made anew. [none] */
  headers?: [name: string, value: string][];
  /** Text, in the charset that Content-Type names: UTF-8 or ISO-8859-1. Not with bodyBase64. */
  body?: string;
  /** Bytes, in the coding that Content-Encoding names. */
  bodyBase64?: string;
}
