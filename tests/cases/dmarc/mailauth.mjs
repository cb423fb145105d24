// Runs cases on mailauth: `node mailauth.mjs FOLDER < cases.json`, where FOLDER has node_modules.
// In: [{zonedata, from, spf: [domain], dkim: [domain]}], only what passed. Out: what it concluded.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const require = createRequire(resolve(process.argv[2]) + '/');
const { dmarc } = require('mailauth/lib/dmarc');

const trouble = code => Object.assign(new Error(code), { code });

function resolver(zonedata) {
    const data = Object.fromEntries(Object.entries(zonedata).map(([name, r]) => [name.toLowerCase(), r]));
    return async (asked, type) => {
        let name = asked.toLowerCase();
        const alias = () => (data[name] || []).find(r => r.CNAME);
        for (let hops = 0; alias() && hops < 8; hops++) {
            name = alias().CNAME.toLowerCase();
        }
        const records = data[name] || [];
        if (records.includes('TIMEOUT')) {
            throw trouble('ETIMEOUT');
        }
        if (records.includes('SERVFAIL')) {
            throw trouble('ESERVFAIL');
        }
        if (!(name in data) && !Object.keys(data).some(key => key.endsWith('.' + name))) {
            throw trouble('ENOTFOUND');
        }
        const found = records.filter(r => type in r).map(r => (type === 'TXT' ? [].concat(r.TXT) : r[type]));
        if (!found.length) {
            throw trouble('ENODATA');
        }
        return found;
    };
}

async function judge({ zonedata, from, spf, dkim }) {
    const found = await dmarc({
        headerFrom: from.map(domain => 'a@' + domain),
        spfDomains: spf,
        dkimDomains: dkim.map(domain => ({ domain })),
        resolver: resolver(zonedata)
    });
    if (!found) {
        return { result: 'none' };
    }
    const aligned = ['spf', 'dkim'].filter(method => found.alignment?.[method]?.result);
    const result = found.status.result;
    const answer = { result, 'org-domain': found.domain, aligned, disposition: result === 'fail' ? found.policy : 'none' };
    if (found.rr) {
        Object.assign(answer, { 'policy-domain': found.policyDomain, applied: found.policy });
    }
    return answer;
}

const answers = [];
for (const one of JSON.parse(await text(process.stdin))) {
    answers.push(await judge(one).catch(error => ({ result: 'error', error: error.message })));
}
console.log(JSON.stringify(answers));
