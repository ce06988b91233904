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
}
