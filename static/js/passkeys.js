"use strict";
// Passkeys: asks the browser for one, or to make one, and puts its answer into the form as JSON. What the browser takes
// and gives are buffers; what the site sends and gets are the same in base64url (WebAuthn, “JSON serialization”).
{
    const BUFFERS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

    const toBuffer = (text) =>
        Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

    const toText = (buffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

    const withBuffer = (descriptor) => ({ ...descriptor, id: toBuffer(descriptor.id) });

    const taken = ({ publicKey }) => ({
        ...publicKey,
        challenge: toBuffer(publicKey.challenge),
        ...(publicKey.user && { user: withBuffer(publicKey.user) }),
        ...(publicKey.excludeCredentials && { excludeCredentials: publicKey.excludeCredentials.map(withBuffer) }),
        ...(publicKey.allowCredentials && { allowCredentials: publicKey.allowCredentials.map(withBuffer) }),
    });

    const given = (credential) => {
        const response = {};
        for (const name of BUFFERS) {
            if (credential.response[name]) {
                response[name] = toText(credential.response[name]);
            }
        }
        if (credential.response.getTransports) {
            response.transports = credential.response.getTransports();
        }
        return {
            id: credential.id,
            rawId: toText(credential.rawId),
            type: credential.type,
            response,
            clientExtensionResults: credential.getClientExtensionResults(),
        };
    };

    const options = async (form) => {
        if (form.dataset.passkey !== "login") {
            return JSON.parse(document.getElementById("passkey-options").textContent);
        }
        const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        return (await answer.json()).request_options;
    };

    const ask = async (form) => {
        const publicKey = taken(await options(form));
        if (form.dataset.passkey !== "create") {
            return navigator.credentials.get({ publicKey });
        }
        const isAlone = form.elements.passwordless.checked;
        const selection = {
            ...publicKey.authenticatorSelection,
            residentKey: isAlone ? "required" : "discouraged",
            requireResidentKey: isAlone,
            ...(isAlone && { userVerification: "required" }),
        };
        return navigator.credentials.create({ publicKey: { ...publicKey, authenticatorSelection: selection } });
    };

    const explain = (error) => {
        if (error.name === "InvalidStateError") {
            return "This device has a passkey for you here already.";
        }
        if (error.name === "SecurityError") {
            return "Passkeys need the site's own name in the address, with https; on your own machine, localhost.";
        }
        if (error.name === "NotAllowedError" || error.name === "AbortError") {
            return "No passkey was given. Try again, or use another way.";
        }
        return "That did not work. Try again, or use another way.";
    };

    const start = (form) => {
        const said = form.querySelector("[data-passkey-said]");
        const button = form.querySelector("[data-passkey-start]");
        form.hidden = false;
        button.addEventListener("click", async () => {
            said.textContent = "Your browser asks you now …";
            button.disabled = true;
            try {
                form.elements.credential.value = JSON.stringify(given(await ask(form)));
                form.submit();
            } catch (error) {
                said.textContent = explain(error);
            }
            button.disabled = false;
        });
        // Enter in a field of the form means the button.
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            button.click();
        });
    };

    document.addEventListener("DOMContentLoaded", () => {
        if (!window.PublicKeyCredential || !navigator.credentials) {
            return;
        }
        document.querySelectorAll("[data-passkey-missing]").forEach((hint) => {
            hint.hidden = true;
        });
        document.querySelectorAll("form[data-passkey]").forEach(start);
    });
}
