// Runs cases on mailauth: `node mailauth.mjs FOLDER < cases.json`, where FOLDER has node_modules.
// In: [{zonedata, client, helo, mailFrom, message (base64), now}], zone data without repetitions.
// Out: the results in the words of the suite.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const require = createRequire(resolve(process.argv[2]) + '/');
const { authenticate } = require('mailauth');

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

async function judge({ zonedata, client, helo, mailFrom, message, now }) {
    const found = await authenticate(Buffer.from(message, 'base64'), {
        ip: client,
        helo,
        sender: mailFrom,
        mta: 'mx.receiver.example',
        disableBimi: true,
        currentTime: new Date(now),
        resolver: resolver(zonedata)
    });
    const answer = {
        spf: found.spf?.status?.result,
        arc: found.arc?.status?.result,
        dkim: (found.dkim?.results || []).map(one => one.status.result),
        dmarc: found.dmarc?.status?.result || 'none'
    };
    if (found.dmarc) {
        answer.disposition = found.dmarc.status.result === 'fail' ? found.dmarc.policy : 'none';
    }
    return answer;
}

const answers = [];
for (const one of JSON.parse(await text(process.stdin))) {
    answers.push(await judge(one).catch(error => ({ error: String(error.message || error).slice(0, 100) })));
}
console.log(JSON.stringify(answers));
