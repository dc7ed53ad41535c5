// Runs in the page when a learner has confirmed (finish.py): asks the server to end `kernel`, as the menu does. It
// is the page that asks, because it is logged in, by token, password or hub, and a kernel need not be.

(async () => {
    // JupyterLab and Notebook 7 have it. Voila has it, too, and refuses. Where nothing comes of it, the kernel tells
    // that it goes on.
    const told = document.getElementById('jupyter-config-data');
    if (!told || !kernel) return;
    const {baseUrl, token} = JSON.parse(told.textContent);
    const mark = document.cookie.match(/\b_xsrf=([^;]*)/);
    const headers = {};
    if (mark) headers['X-XSRFToken'] = mark[1];
    if (token) headers.Authorization = `token ${token}`;
    const address = new window.URL(`api/kernels/${encodeURIComponent(kernel)}`, new window.URL(baseUrl, location.href));
    await fetch(address, {method: 'DELETE', headers}).catch(() => {});
})();
