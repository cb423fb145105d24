// Runs cases on mailauth: `node mailauth.mjs FOLDER < cases.json`, where FOLDER has node_modules.
// In: [{zonedata, client, helo, mail-from, message}], zone data without repetitions, messages in base64.
// Out: the results in the words of the suite. mailauth takes the present for the time of the message.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const require = createRequire(resolve(process.argv[2]) + '/');
// Its parts rather than `authenticate`, which also loads BIMI and with it what an older node cannot.
const { dkimVerify } = require('mailauth/lib/dkim/verify');
const { spf } = require('mailauth/lib/spf');
const { arc } = require('mailauth/lib/arc');
const { evaluateDmarc } = require('mailauth/lib/dmarc');

const trouble = code => Object.assign(new Error(code), { code });

function resolver(zonedata) {
    const names = Object.keys(zonedata);
    return async (asked, type) => {
        let name = asked.toLowerCase().replace(/\.$/, '');
        const alias = () => (zonedata[name] || []).find(r => r.CNAME);
        for (let hops = 0; alias(); hops++) {
            if (hops > 8) {
                throw trouble('ESERVFAIL');
            }
            name = alias().CNAME.toLowerCase();
        }
        const records = zonedata[name] || [];
        for (const [word, code] of [['TIMEOUT', 'ETIMEOUT'], ['SERVFAIL', 'ESERVFAIL']]) {
            if (records.some(r => r === word || r[word] === type)) {
                throw trouble(code);
            }
        }
        if (!(name in zonedata) && !names.some(key => key.endsWith('.' + name))) {
            throw trouble('ENOTFOUND');
        }
        const found = records.filter(r => type in r).map(r => r[type]);
        if (!found.length) {
            throw trouble('ENODATA');
        }
        const shapes = { TXT: v => [v], MX: ([priority, exchange]) => ({ priority, exchange }) };
        return found.map(shapes[type] || (v => v));
    };
}

async function judge({ zonedata, client, helo, 'mail-from': sender, message }) {
    const options = { resolver: resolver(zonedata), strict: true };
    const dkim = await dkimVerify(Buffer.from(message, 'base64'), { ...options, sender });
    const session = { ...options, ip: client, helo: helo || client, sender, mta: 'mx.receiver.example' };
    const found = await spf(session);
    const chain = await arc(dkim.arc, { ...options, ip: client });
    const passed = (dkim.results || []).filter(one => one.status.result === 'pass');
    const { response } = await evaluateDmarc({
        ...options,
        headerFrom: dkim.headerFrom,
        fromFields: dkim.fromFields,
        spfDomains: found?.status?.result === 'pass' ? [found.domain] : [],
        dkimDomains: passed.map(one => ({ id: one.id, domain: one.signingDomain, underSized: one.status.underSized })),
        arcResult: chain
    });
    const dmarc = response?.status?.result;
    return {
        spf: found?.status?.result,
        arc: chain?.status?.result || 'none',
        dkim: (dkim.results || []).map(one => one.status.result).filter(word => word !== 'none'),
        dmarc: dmarc || 'none',
        disposition: dmarc === 'fail' ? response.policy : 'none'
    };
}

const answers = [];
for (const one of JSON.parse(await text(process.stdin))) {
    answers.push(await judge(one).catch(error => ({ error: String(error.message || error).slice(0, 100) })));
}
console.log(JSON.stringify(answers));
