// Bundle each panel into one file of dist/. anywidget loads a panel from a blob, where nothing can be
// imported from beside it: so each file holds all that its panel needs. Names are kept, so that a browser's
// debugger shows our code. The first line says what a bundle was built from; tests compare it with the
// sources.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version } from "esbuild";

export const HOME = dirname(fileURLToPath(import.meta.url));
const PANELS = [
  "details",
  "faces",
  "gallery",
  "left_out",
  "map",
  "query",
  "recall",
  "runs",
  "shelf",
  "shell",
  "study",
  "tabs",
  "teach",
  "things",
  "video",
  "when",
  "where",
  "why",
];

/**
 * @param {string} panel
 * @param {string} out a folder
 */
async function bundle(panel, out) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: HOME,
    entryPoints: [`${panel}.js`],
    bundle: true,
    charset: "utf8",
    format: "esm",
    metafile: true,
    outfile: `dist/${panel}.js`,
    target: "es2022",
    write: false,
  });
  const sources = Object.keys(metafile.inputs).sort();
  const digest = createHash("sha256");
  for (const source of sources) digest.update(`${source}\n`).update(await readFile(join(HOME, source)));
  const origin = `// Built by esbuild ${version} from ${sources.join(" ")} sha256:${digest.digest("hex")}`;
  await writeFile(join(out, `${panel}.js`), `${origin}\n${outputFiles[0].text}`);
}

const [out = join(HOME, "dist")] = process.argv.slice(2);
await Promise.all(PANELS.map((panel) => bundle(panel, out)));
