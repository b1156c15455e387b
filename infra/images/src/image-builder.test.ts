import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ImageBuilder } from './dockerfile/image-builder.ts';
import { readDockerfile } from './dockerfile/read-dockerfile.ts';

const DOCKERFILE = `
FROM some/image AS one
WORKDIR /work
COPY kept.txt ./
RUN echo once >> runs.txt
ENV GREETING=hello

FROM one AS two
ARG NAME
RUN echo "$GREETING $NAME" > greeting.txt && echo changed > other.txt && mv other.txt kept.txt

FROM some/image AS three
ARG NAME
WORKDIR /app/\${NAME}
COPY --from=two /work ./
COPY . ./all
USER 1000:1000
CMD ["node", "main.ts"]
`;

describe('building an image without an engine', () => {
  let directory: string;
  let builder: ImageBuilder;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-images-'));
    const context = path.join(directory, 'context');
    await mkdir(path.join(context, 'folder'), { recursive: true });
    await writeFile(path.join(context, '.dockerignore'), '*\n!kept.txt\n!folder\nfolder/left-out.txt\n');
    for (const file of ['kept.txt', 'not-asked-for.txt', 'folder/left-out.txt', 'folder/also-kept.txt']) {
      await writeFile(path.join(context, file), `${file} of the context`);
    }
    builder = new ImageBuilder({ stages: readDockerfile(DOCKERFILE), context, directory });
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('follows the instructions', async () => {
    const image = await builder.build('three', { NAME: 'ann' });
    assert.equal(image.workdir, '/app/ann');
    assert.equal(image.user, '1000:1000');
    assert.deepEqual(image.command, ['node', 'main.ts']);
    const read = (file: string) => readFile(path.join(image.root, 'app/ann', file), 'utf8');
    assert.equal(await read('greeting.txt'), 'hello ann\n');
    assert.equal(await read('kept.txt'), 'changed\n');
    assert.equal(await read('all/folder/also-kept.txt'), 'folder/also-kept.txt of the context');
    for (const absent of ['all/not-asked-for.txt', 'all/folder/left-out.txt', 'all/.dockerignore']) {
      await assert.rejects(read(absent), { code: 'ENOENT' }, absent);
    }
    assert.deepEqual(image.variables, {}, 'those of another stage stay there');
  });

  it('builds a stage once, and again for another argument that it reads', async () => {
    const [ann, bob] = await Promise.all([
      builder.build('three', { NAME: 'ann' }),
      builder.build('three', { NAME: 'bob' }),
    ]);
    assert.notEqual(ann.root, bob.root);
    assert.equal(await readFile(path.join(bob.root, 'app/bob/greeting.txt'), 'utf8'), 'hello bob\n');
    assert.equal(await readFile(path.join(bob.root, 'app/bob/runs.txt'), 'utf8'), 'once\n');
    const below = await builder.build('one', { NAME: 'carl' });
    assert.equal(below, await builder.build('one'));
    assert.equal(await readFile(path.join(below.root, 'work/kept.txt'), 'utf8'), 'kept.txt of the context');
  });

  it('fails with the output of a command that fails', async () => {
    const failing = new ImageBuilder({
      stages: readDockerfile('FROM a AS b\nRUN echo why >&2; exit 3\nFROM a AS c\nCOPY not-asked-for.txt ./\n'),
      context: path.join(directory, 'context'),
      directory,
    });
    await assert.rejects(failing.build('b'), /RUN echo why[\s\S]*\nwhy/);
    await assert.rejects(failing.build('c'), /\.dockerignore leaves it out/);
  });
});
