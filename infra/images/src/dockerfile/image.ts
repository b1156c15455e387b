/** What a stage has become: its files, and how its program is started. */
export interface Image {
  /** The folder that stands for `/`. What the base image brings is not in it. */
  readonly root: string;
  readonly workdir: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly healthcheck: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
}
