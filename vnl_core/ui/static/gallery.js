// Pictures by address, with a caption each. One stays until the next one in its place is there.
export default function ({ data, parentElement }) {
  const gallery = parentElement.querySelector(".vnl-gallery");
  while (gallery.children.length > data.pictures.length) gallery.lastChild.remove();
  data.pictures.forEach(({ url, caption }, i) => {
    const figure = gallery.children[i] ?? gallery.appendChild(framed());
    const [image, text] = figure.children;
    image.alt = `Camera ${caption}`;
    text.textContent = caption;
    if (image.getAttribute("src") !== url) {
      image.onerror = () => explain(url, text);
      image.src = url;
    }
  });
}

function framed() {
  const figure = document.createElement("figure");
  const image = Object.assign(document.createElement("img"), { width: 320, height: 240 });
  figure.append(image, document.createElement("figcaption"));
  return figure;
}

async function explain(url, text) {
  const response = await fetch(url).catch(() => null);
  text.textContent = response ? await response.text() : "The dashboard does not answer.";
}
