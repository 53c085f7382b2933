// Materials with MuJoCo's colours, and its sky.
import * as THREE from "three";

async function picture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

// One picture lies flat, six stand around as a cube.
async function loadTexture(urls) {
  const pictures = await Promise.all(urls.map(picture));
  const texture = urls.length > 1 ? new THREE.CubeTexture(pictures) : new THREE.Texture(pictures[0]);
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  texture.flipY = false; // MuJoCo's first row is at v = 0
  texture.needsUpdate = true;
  return texture;
}

export class Materials {
  static async load(description) {
    const textures = {};
    for (const [index, urls] of Object.entries(description.textures)) {
      textures[index] = await loadTexture(urls);
    }
    return new Materials(description, textures);
  }

  constructor({ materials, lights, headlight }, textures) {
    this.described = materials;
    this.textures = textures;
    this.made = new Map();
    // MuJoCo draws once for all lights without shadows and once for each with, and adds up.
    const passes = 1 + lights.filter((light) => light.shadow).length;
    // three.js has one colour a light; MuJoCo's shine in another colour than they light.
    const sum = (part) => [headlight, ...lights].reduce((total, light) => total + light[part][0], 0);
    this.shine = sum("specular") / (sum("diffuse") || 1);
    const exponent = lights.find(({ directional }) => !directional)?.exponent ?? 0;
    this.pipeline = { most: passes, exponent };
  }

  // The walker's own are apart from the surroundings', so that it alone can turn transparent.
  of(index, own) {
    const key = `${index} ${own}`;
    if (!this.made.has(key)) {
      this.made.set(key, this.make(this.described[index], own));
    }
    return this.made.get(key);
  }

  make({ rgba, emission, specular, shininess, texture }, own) {
    const color = new THREE.Color(...rgba);
    const image = this.textures[texture] ?? null;
    const material = new THREE.MeshPhongMaterial({
      color,
      emissive: color.clone().multiplyScalar(emission),
      specular: new THREE.Color().setScalar(specular * this.shine),
      shininess: Math.max(1, 128 * shininess),
      map: image?.isCubeTexture ? null : image,
      opacity: rgba[3],
      transparent: rgba[3] < 1,
      depthWrite: rgba[3] === 1,
    });
    material.userData = { own, opacity: rgba[3], map: material.map };
    return asOpenGL(material, this.pipeline, image?.isCubeTexture ? image : null);
  }

  // change(material) for each; textures, wireframe and transparency are switched so.
  each(change) {
    for (const material of this.made.values()) {
      change(material);
      material.needsUpdate = true;
    }
  }

  dispose() {
    this.made.forEach((material) => material.dispose());
    Object.values(this.textures).forEach((texture) => texture.dispose());
  }
}

// In OpenGL's fixed pipeline light saturates before the texture dims it, highlights come on
// top, Blinn's cosine is not normalised, and a spot dims by cos(angle)^exponent; three.js does
// otherwise. A shadow is looked up once. Light saturates at `most`; `cube` is a texture seen from the geom's middle.
function asOpenGL(material, { most, exponent }, cube) {
  const texel = cube
    ? "outgoingLight *= textureCube(cube, vec3(inGeom.x, inGeom.z, -inGeom.y)).rgb;"
    : "#ifdef USE_MAP\noutgoingLight *= texture2D(map, vMapUv).rgb;\n#endif";
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <map_fragment>", "")
      .replace(
        "#include <lights_pars_begin>",
        THREE.ShaderChunk.lights_pars_begin.replace(
          "return smoothstep( coneCosine, penumbraCosine, angleCosine );",
          `return step(coneCosine, angleCosine) * pow(angleCosine, ${exponent.toFixed(3)});`,
        ),
      )
      .replace(
        "#include <shadowmap_pars_fragment>",
        THREE.ShaderChunk.shadowmap_pars_fragment.replace(
          /shadow = \(\s*texture\([^;]*;/, // five looks around the place
          "shadow = texture(shadowMap, shadowCoord.xyz);",
        ),
      )
      .replace(
        "#include <lights_phong_pars_fragment>",
        THREE.ShaderChunk.lights_phong_pars_fragment.replace(
          /reflectedLight\.directSpecular \+= irradiance \* BRDF_BlinnPhong\([^;]*;/,
          `vec3 halfway = normalize(directLight.direction + geometryViewDir);
           reflectedLight.directSpecular += step(1e-4, dotNL) * RECIPROCAL_PI * directLight.color
             * material.specularColor
             * pow(saturate(dot(geometryNormal, halfway)), material.specularShininess);`,
        ),
      )
      .replace(
        "#include <opaque_fragment>",
        `outgoingLight -= reflectedLight.directSpecular;
         outgoingLight = min(outgoingLight, vec3(${most.toFixed(1)}));
         ${texel}
         outgoingLight += reflectedLight.directSpecular;
         #include <opaque_fragment>`,
      );
    if (cube) {
      shader.uniforms.cube = { value: cube };
      shader.fragmentShader =
        "uniform samplerCube cube; varying vec3 inGeom;\n" + shader.fragmentShader;
      shader.vertexShader = "varying vec3 inGeom;\n" + shader.vertexShader.replace(
        "#include <begin_vertex>",
        "#include <begin_vertex>\ninGeom = position;",
      );
    }
  };
  material.customProgramCacheKey = () => `${most} ${exponent} ${Boolean(cube)}`;
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
