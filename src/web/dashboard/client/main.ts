/** x @module */
const t: number = setTimeout(() => {}, 1);
document.body.id = String(t);
