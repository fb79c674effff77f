// Files and pictures pasted or dropped: none is taken, and the person is told.

import { EditorView } from "@codemirror/view";

export function files(tell) {
  const refuse = (event, transfer) => {
    if (!transfer?.files.length || isRichText(transfer)) return false;
    event.preventDefault();
    tell("refused", "picture", 0);
    return true;
  };

  return EditorView.domEventHandlers({
    paste: (event) => refuse(event, event.clipboardData),
    drop: (event) => refuse(event, event.dataTransfer),
    // Without this the browser opens the file in place of the page.
    dragover: (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return false;
      event.preventDefault();
      return true;
    },
  });
}

/** Word processors and spreadsheets put a picture of the text beside the text, which is what was meant. */
function isRichText(transfer) {
  return transfer.types.includes("text/html") && transfer.getData("text/plain") !== "";
}
