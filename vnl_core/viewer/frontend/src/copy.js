// Puts a text into the clipboard, and says so on the button that was pressed.
const THANKS = 1500; // ms

export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    prompt("Copy this link:", text); // a browser gives the clipboard to secure pages only
    return;
  }
  button.dataset.name ??= button.textContent;
  button.textContent = "Copied";
  clearTimeout(button.waiting);
  button.waiting = setTimeout(() => (button.textContent = button.dataset.name), THANKS);
}
