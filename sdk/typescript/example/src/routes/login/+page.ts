/** A login needs no script: whatever else does not work in a browser, this does. */
export const csr = false;
