// A height field: its surface, and a skirt around it down to its base.
import * as THREE from "three";
import { floats } from "./files.js";

export function heightField({ rows, columns, size, heights }) {
  const [x, y, highest, depth] = size;
  const shares = floats(heights);
  const positions = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      positions.push(
        x * ((2 * column) / (columns - 1) - 1),
        y * ((2 * row) / (rows - 1) - 1),
        highest * shares[row * columns + column],
      );
    }
  }
  const faces = [];
  const square = (a, b, c, d) => faces.push(a, b, c, b, d, c);
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const corner = row * columns + column;
      square(corner, corner + 1, corner + columns, corner + columns + 1);
    }
  }
  const rim = around(rows, columns);
  const first = positions.length / 3;
  // The skirt has corners of its own, so that the edge stays sharp.
  for (const at of rim) {
    const [px, py, pz] = positions.slice(3 * at, 3 * at + 3);
    positions.push(px, py, pz, px, py, -depth);
  }
  rim.forEach((_, i) => {
    const [here, there] = [first + 2 * i, first + 2 * ((i + 1) % rim.length)];
    square(here, here + 1, there, there + 1);
  });
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(positions), 3));
  geometry.setIndex(faces);
  geometry.computeVertexNormals();
  return geometry;
}

// The grid's outer points, counter-clockwise from above.
function around(rows, columns) {
  const along = (count, of) => Array.from({ length: count - 1 }, (_, i) => of(i));
  const last = (rows - 1) * columns;
  return [
    ...along(columns, (i) => i),
    ...along(rows, (i) => i * columns + columns - 1),
    ...along(columns, (i) => last + columns - 1 - i),
    ...along(rows, (i) => last - i * columns),
  ];
}
