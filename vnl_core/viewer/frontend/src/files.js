// The two files the client reads; their formats are told in scene_file.py and motion.py.

const FORMAT = 1;

async function get(url, what) {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`The ${what} could not be loaded (${response.status}). Make it anew.`);
  }
  return response;
}

function check(format, what) {
  if (format !== FORMAT) {
    throw new Error(`The ${what} is of format ${format}, not ${FORMAT}. Make it anew.`);
  }
}

export async function loadScene(url) {
  const description = await (await get(url, "scene")).json();
  check(description.format, "scene");
  return description;
}

// → { times: Float32Array (frames), poses: Float32Array (frames × items × 7), items }
export async function loadMotion(url) {
  const buffer = await (await get(url, "motion")).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  check(header.format, "motion");
  const start = 4 + length;
  return {
    times: new Float32Array(buffer, start, header.frames),
    poses: new Float32Array(buffer, start + 4 * header.frames),
    items: header.items,
  };
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

export const floats = (base64) => new Float32Array(bytes(base64));
export const uint32s = (base64) => new Uint32Array(bytes(base64));
export const uint16s = (base64) => new Uint16Array(bytes(base64));
