// The two files the client reads; their formats are told in scene_file.py and motion.py.
import { readMoment, rowLength } from "./moment.js";

const FORMAT = 2;

async function get(url, what) {
  const response = await fetch(url);
  if (!response.ok) {
    const told = response.headers.get("content-type")?.startsWith("text/plain");
    const reason = told ? await response.text() : "Make it anew.";
    throw new Error(`The ${what} could not be loaded (${response.status}). ${reason}`);
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

// The header, times and rewards of a motion, and `next()`, which reads one moment after another.
export async function openMotion(url) {
  const take = taker((await get(url, "motion")).body.getReader());
  const [length] = new Uint32Array(await take(4));
  const header = JSON.parse(new TextDecoder().decode(await take(length)));
  check(header.format, "motion");
  const times = new Float32Array(await take(4 * header.frames));
  const rewards = new Float32Array(await take(4 * header.frames));
  const next = async () => {
    const [time, contacts] = new Float32Array(await take(8));
    const row = new Float32Array(await take(4 * rowLength(header.items, contacts)));
    return readMoment(time, row, header.items);
  };
  return { ...header, times, rewards, next };
}

// take(n) gives the stream's next n bytes as a buffer of their own, as soon as they are there.
function taker(reader) {
  let pending = new Uint8Array(0);
  return async (count) => {
    while (pending.length < count) {
      const { value, done } = await reader.read();
      if (done) {
        throw new Error("The motion broke off. Reload the page.");
      }
      const joined = new Uint8Array(pending.length + value.length);
      joined.set(pending);
      joined.set(value, pending.length);
      pending = joined;
    }
    const taken = pending.slice(0, count);
    pending = pending.subarray(count);
    return taken.buffer;
  };
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

export const floats = (base64) => new Float32Array(bytes(base64));
export const uint32s = (base64) => new Uint32Array(bytes(base64));
export const uint16s = (base64) => new Uint16Array(bytes(base64));
