// Materials with MuJoCo's colours, and its sky.
import * as THREE from "three";

async function picture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

export async function makeMaterials(description) {
  const textures = {};
  for (const [index, url] of Object.entries(description.textures)) {
    const texture = new THREE.Texture(await picture(url));
    texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
    texture.flipY = false; // MuJoCo's first row is at v = 0
    texture.anisotropy = 4;
    texture.needsUpdate = true;
    textures[index] = texture;
  }
  // MuJoCo draws once for all lights without shadows and once for each with, and adds up.
  const passes = 1 + description.lights.filter((light) => light.shadow).length;
  return description.materials.map(({ rgba, emission, texture }) => {
    const color = new THREE.Color(...rgba);
    return saturate(
      new THREE.MeshLambertMaterial({
        color,
        emissive: color.clone().multiplyScalar(emission),
        map: textures[texture] ?? null,
        opacity: rgba[3],
        transparent: rgba[3] < 1,
        depthWrite: rgba[3] === 1,
      }),
      passes,
    );
  });
}

// In MuJoCo's fixed pipeline light saturates before the texture dims it; here it would after.
function saturate(material, most) {
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <map_fragment>", "")
      .replace(
        "#include <opaque_fragment>",
        `outgoingLight = min(outgoingLight, vec3(${most.toFixed(1)}));\n` +
          "#ifdef USE_MAP\noutgoingLight *= texture2D(map, vMapUv).rgb;\n#endif\n" +
          "#include <opaque_fragment>",
      );
  };
  return material;
}

// A box around the eye; MuJoCo samples its skybox at (x, z, -y).
export async function makeSky(urls) {
  const cube = new THREE.CubeTexture(await Promise.all(urls.map(picture)));
  cube.generateMipmaps = false;
  cube.minFilter = THREE.LinearFilter;
  cube.needsUpdate = true;
  const sky = new THREE.Mesh(
    new THREE.BoxGeometry(2, 2, 2),
    new THREE.ShaderMaterial({
      uniforms: { cube: { value: cube } },
      vertexShader: `
        varying vec3 direction;
        void main() {
          direction = position;
          gl_Position = projectionMatrix * mat4(mat3(viewMatrix)) * vec4(position, 1.0);
          gl_Position.z = gl_Position.w; // as far as can be
        }`,
      fragmentShader: `
        uniform samplerCube cube;
        varying vec3 direction;
        void main() {
          gl_FragColor = textureCube(cube, vec3(direction.x, direction.z, -direction.y));
        }`,
      side: THREE.BackSide,
      depthWrite: false,
      depthFunc: THREE.LessEqualDepth,
    }),
  );
  sky.frustumCulled = false;
  sky.renderOrder = -1;
  return sky;
}
