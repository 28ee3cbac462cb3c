// Passkeys: asks the browser to make or to use one, and sends what it answers with the form.
(() => {
  const SAID = {
    InvalidStateError: "This device holds a passkey for your account already.",
    SecurityError: `Browsers make passkeys for names only, over https or on localhost. Open this site by its name instead of ${location.hostname}.`,
  };
  const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
  const options = async (form) => {
    const written = document.getElementById("passkey-options");
    const data = form.dataset.passkey === "ask"
      ? await (await fetch(form.action, { headers: { Accept: "application/json" } })).json()
      : JSON.parse(written.textContent);
    return data.request_options || data.creation_options;
  };
  const run = async (form) => {
    const given = (await options(form)).publicKey;
    if (form.dataset.passkey !== "create") {
      return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(given) });
    }
    if (form.querySelector("[name=passwordless]")?.checked) {
      given.authenticatorSelection = { ...given.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
    }
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(given) });
  };
  document.querySelectorAll("form[data-passkey]").forEach((form) => form.addEventListener("submit", async (e) => {
    const field = form.querySelector("[name=credential]"), said = form.querySelector("[data-passkey-error]");
    e.preventDefault();
    const say = (words) => { said.textContent = words; said.hidden = false; };
    if (!able) { say("This browser is too old for passkeys. Use another one, or your password."); return; }
    try {
      field.value = JSON.stringify((await run(form)).toJSON());
      form.submit();
    } catch (error) {
      say(SAID[error.name] || "Nothing was done: the browser gave no passkey.");
    }
  }));
})();
