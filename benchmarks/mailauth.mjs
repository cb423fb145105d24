// mailauth at the same work: `node mailauth.mjs FOLDER SECONDS < work.json`, where FOLDER has
// node_modules. In: {message, spaced, encoded (base64), ip, helo, sender, domain, answers}.
// Out: calls a second of each kind of work.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const require = createRequire(resolve(process.argv[2]) + '/');
const { authenticate } = require('mailauth');
const { dkimVerify } = require('mailauth/lib/dkim/verify');
const { dkimSign } = require('mailauth/lib/dkim/sign');
const { spf } = require('mailauth/lib/spf');

const seconds = Number(process.argv[3]);
const work = JSON.parse(await text(process.stdin));
const [message, spaced, encoded] = [work.message, work.spaced, work.encoded].map(t => Buffer.from(t, 'base64'));

async function resolver(name, type) {
    const found = work.answers[name.toLowerCase().replace(/\.$/, '') + '/' + type];
    if (!found) {
        throw Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' });
    }
    return found;
}

async function rate(task) {
    await task();
    let best = 0;
    for (let round = 0; round < 3; round++) {
        let count = 0;
        const start = process.hrtime.bigint();
        let spent = 0;
        while (spent < seconds) {
            await task();
            count++;
            spent = Number(process.hrtime.bigint() - start) / 1e9;
        }
        best = Math.max(best, count / spent);
    }
    return best;
}

const whole = { ip: work.ip, helo: work.helo, sender: work.sender, mta: 'mx.example.net', resolver };
const signature = { signingDomain: work.domain, selector: 'r', privateKey: work.key };
const said = await authenticate(message, { ...whole, disableBimi: true });
console.log(
    JSON.stringify({
        said: [said.spf.status.result, said.dkim.results[0].status.result, said.dmarc.status.result],
        verify: await rate(() => dkimVerify(message, { resolver })),
        spaced: await rate(() => dkimVerify(spaced, { resolver })),
        encoded: await rate(() => dkimVerify(encoded, { resolver })),
        sign: await rate(() => dkimSign(message, { canonicalization: 'relaxed/relaxed', signatureData: [signature] })),
        spf: await rate(() => spf({ ...whole, resolver })),
        whole: await rate(() => authenticate(message, { ...whole, disableBimi: true }))
    })
);
