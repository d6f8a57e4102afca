// Proof of work for the last page of a report (governance/forms/proof.py): tries numbers until the derived key begins
// as the task says. Without WebCrypto (plain HTTP, old browsers) nothing happens and the report is sent all the same.
(() => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
  const solve = async (field) => {
    const challenge = JSON.parse(field.dataset.challenge);
    const task = challenge.parameters;
    const nonce = bytes(task.nonce);
    const options = { name: "PBKDF2", hash: "SHA-256", salt: bytes(task.salt), iterations: task.cost };
    const word = new Uint8Array(nonce.length + 4);
    word.set(nonce);
    const counterAt = new DataView(word.buffer, nonce.length);
    for (let counter = 0; counter < 10000; counter += 1) {
      counterAt.setUint32(0, counter);
      const key = await crypto.subtle.importKey("raw", word, "PBKDF2", false, ["deriveBits"]);
      const derivedKey = hex(await crypto.subtle.deriveBits(options, key, task.keyLength * 8));
      if (derivedKey.startsWith(task.keyPrefix)) {
        field.value = btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
        return;
      }
    }
  };
  addEventListener("DOMContentLoaded", () => {
    const field = document.querySelector("[data-challenge]");
    if (field && window.crypto?.subtle) solve(field).catch(() => { field.value = ""; });
  });
})();
