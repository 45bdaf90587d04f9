/**
 * Run inside a host: writes a configuration of ours, and says as JSON what NIX_USER_CONF_FILES is to be and what of ours is overridden.
 * Arguments: a folder, the options as JSON, what `nix --version` printed.
 */
import { renderNixConf, type NixConfOptions } from '../../src/nix/nix-conf.ts';
import { userConfFiles, writeNixConf } from '../../src/nix/user-conf-files.ts';
import { parseNixVersion } from '../../src/nix/version.ts';

const [folder = '', options = '{}', printed = ''] = process.argv.slice(2);
const version = parseNixVersion(printed);
if (version === undefined) throw new Error(`${printed} is no version`);
const { text, overridden } = renderNixConf(JSON.parse(options) as NixConfOptions);
const file = await writeNixConf(folder, text);
console.log(
  JSON.stringify({ file, value: await userConfFiles(file, process.env, version), overridden }),
);
