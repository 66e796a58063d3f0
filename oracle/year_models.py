"""Tier, reviews, sign-offs and acceptances of every model, by docs/tiers.md, docs/reviews.md and docs/sign-offs.md."""

from .year_log import ORDER, contributed, ms


class Model:
    def __init__(self, fact):
        self.uid, self.namespace, self.name = fact["uid"], fact["namespace"], fact["name"]
        self.content, self.gone, self.created = fact["content"], False, ms(fact["content"]["createdAt"])
        self.tier = None
        self.review = self.revalidation = None
        self.sign_offs = []
        self.signed_criticality = None
        self.approved = {}
        self.criticality_of = {}

    @property
    def key(self):
        return f"{self.namespace}/{self.name}"

    @property
    def spec(self):
        return self.content["spec"]


class Programme:
    """What is known at one instant; `see` takes facts in order."""

    def __init__(self):
        self.now = 0
        self.policies, self.models, self.decisions = {}, {}, {}
        self.incidents, self.policy_history = {}, []
        self.accepted = []
        self.signed_names = {}
        self.presence = {}
        self.by_target, self.about = {}, {}

    # What is seen

    def see(self, fact):
        self.now = fact["at_ms"]
        kind, content = fact["kind"], fact["content"]
        if kind == "RiskPolicy":
            self.policies[fact["name"]] = {**content["spec"], "signals": content.get("signals", {})}
            self.policy_history.append((self.now, fact["name"], content["spec"]))
            for model in self.models.values():
                self.settle(model)
                self.judge_again(model)
        elif kind == "ModelRisk":
            self.see_model(fact)
        elif kind == "RiskDecision":
            self.see_decision(fact)
        elif kind == "RiskIncident":
            known = self.incidents.setdefault(fact["uid"], {"spec": content["spec"], "namespace": fact["namespace"], "name": fact["name"]})
            known["gone"] = fact["event"] == "Gone"
            self.bring_forward(content["spec"])

    def see_model(self, fact):
        model = self.models.get(fact["uid"])
        if model is None:
            model = self.models[fact["uid"]] = Model(fact)
        model.content = fact["content"]
        model.gone = fact["event"] == "Gone"
        self.presence.setdefault(model.key, []).append((self.now, not model.gone))
        self.settle(model)
        self.judge_again(model)

    def is_there(self, key, at):
        """Whether there is a model of this name, made anew or not."""
        return next((there for seen, there in reversed(self.presence.get(key, [])) if seen <= at), False)

    def named(self, key):
        """The model of this name that is there now."""
        return next((each for each in self.models.values() if each.key == key and not each.gone), None)

    def see_decision(self, fact):
        known = self.decisions.get(fact["uid"])
        if known is None:
            known = self.decisions[fact["uid"]] = {
                "namespace": fact["namespace"], "name": fact["name"], "spec": fact["content"]["spec"],
                "created": ms(fact["content"]["createdAt"]), "outcome": None, "judged": None,
            }
            self.by_target[f"{known['namespace']}/RiskDecision/{known['name']}"] = known
            self.about.setdefault(known["spec"]["subjectRef"]["uid"], []).append(known)
            self.judge(known)
            if known["judged"]:
                self.judge_again(self.subject(known))
        known["outcome"] = fact["content"]["outcome"]

    # Tiers: rise at once, fall only by a review

    def policy_of(self, model):
        return self.policies.get(model.spec["policyRef"]["name"])

    def tier_spec(self, model):
        policy = self.policy_of(model)
        return next((tier for tier in policy.get("tiers", []) if tier["name"] == model.tier), None) if policy else None

    def find_tier(self, model):
        """By declared criticality; what was signed stays in force where it is the stricter one."""
        declared = [each for each in (model.spec.get("criticality"), model.signed_criticality) if each is not None]
        criticality = min(declared, key=ORDER.index) if declared else None
        for tier in self.policy_of(model)["tiers"]:
            if "when" not in tier or criticality in tier["when"].get("criticality", []):
                return tier["name"]
        return None

    def settle(self, model):
        """Takes in what a model, its policy or its sign-offs have become."""
        policy = self.policy_of(model)
        if policy is None or model.gone:
            return
        if model.content["signableDigest"]:
            model.criticality_of[model.content["signableDigest"]] = model.spec.get("criticality")
        self.stand(model, fell=False)
        version = model.spec["model"]["version"]
        if model.review and model.revalidation is None and version != model.review["version"]:
            model.revalidation = ("NewVersion", self.now)
        if model.review and model.revalidation is None and self.judged_by(model, model.review["signals"]) != model.review["judgedBy"]:
            model.revalidation = ("PolicyChanged", self.now)
        self.settle_signatures(model)
        self.stand(model, fell=False)

    def stand(self, model, fell):
        names = [tier["name"] for tier in self.policy_of(model)["tiers"]]
        found = self.find_tier(model)
        rank = lambda name: names.index(name) if name in names else len(names)
        model.tier = found if fell or rank(found) <= rank(model.tier) else model.tier

    # Reviews

    def bring_forward(self, spec):
        """Another version, or an incident since the last review; the first of them."""
        model = self.models.get(spec["riskRef"]["uid"])
        if model is None or model.review is None or "drill" in spec:
            return
        opened = ms(spec["openedAt"])
        if opened > model.review["last"] and (model.revalidation is None or opened < model.revalidation[1]):
            model.revalidation = ("Incident", opened)

    def signals_of(self, model):
        return sorted({each["signal"]["template"]["name"] for each in model.spec["indicators"] if "template" in each["signal"]})

    def judged_by(self, model, signals):
        """What of the policy decides how a model is judged."""
        policy = self.policy_of(model)
        return {
            **{field: policy.get(field) for field in ("categories", "currency", "tiers")},
            "signals": {name: digest for name, digest in policy["signals"].items() if name in signals},
        }

    def next_review(self, model):
        """(due, reason), or None where the tier asks for none."""
        tier, policy = self.tier_spec(model), self.policy_of(model)
        if tier is None or "reviewEverySeconds" not in tier:
            return None
        warning = policy["reviewWarningSeconds"] * 1000
        if model.review is None:
            due = (model.created + warning, "NeverReviewed")
        else:
            due = (model.review["last"] + tier["reviewEverySeconds"] * 1000, "Cadence")
        if model.revalidation and model.revalidation[1] + warning < due[0]:
            due = (model.revalidation[1] + warning, model.revalidation[0])
        return due

    def review_standing(self, model, now):
        due = self.next_review(model)
        if due is None:
            return "NoCadence"
        if due[0] <= now:
            return "Overdue"
        return "DueSoon" if due[0] - self.policy_of(model)["reviewWarningSeconds"] * 1000 <= now else "Reviewed"

    # Decisions

    def subject(self, decision):
        model = self.models.get(decision["spec"]["subjectRef"]["uid"])
        return None if model is None or model.gone else model

    def judge(self, decision):
        """Whether it counts, as things are now."""
        action = decision["spec"]["action"]
        if action not in ("Review", "SignOff", "Accept"):
            return
        model = self.subject(decision)
        decision["judged"] = model is not None and {"Review": self.reviews, "SignOff": self.signs, "Accept": self.accepts}[action](decision, model)

    def judge_again(self, model):
        """What is void is looked at again when the model, its tier or its policy has become another."""
        found = True
        while found:
            found = False
            for each in self.about.get(model.uid, []):
                if each["judged"] is False:
                    self.judge(each)
                    found = found or each["judged"]

    def reviews(self, decision, model):
        spec, tier = decision["spec"], self.tier_spec(model)
        if spec["digest"] != model.content["digest"] or (tier and spec["role"] not in tier.get("reviewRoles", [spec["role"]])):
            return False
        if model.review is None or (decision["created"], decision["name"]) > (model.review["last"], model.review["name"]):
            model.review = {
                "last": decision["created"], "by": spec["author"], "name": decision["name"], "version": model.spec["model"]["version"],
                "signals": self.signals_of(model), "judgedBy": self.judged_by(model, self.signals_of(model)),
            }
            model.revalidation = None
            self.stand(model, fell=True)
            self.settle_signatures(model)
        return True

    def signs(self, decision, model):
        spec, tier = decision["spec"], self.tier_spec(model)
        ends = [ms(spec["expiresAt"])] if "expiresAt" in spec else []
        if any(end <= self.now for end in ends) or spec["digest"] != model.content["signableDigest"]:
            return False
        if spec["role"] not in (tier or {}).get("signOffRoles", []) or self.is_own(model, spec["author"]):
            return False
        if any(each["author"] == spec["author"] and each["role"] != spec["role"] and each["digest"] == spec["digest"] for each in model.sign_offs):
            return False
        longest = self.policy_of(model).get("maxSignOffSeconds")
        ends += [] if longest is None else [decision["created"] + longest * 1000]
        model.sign_offs.append({
            "role": spec["role"], "author": spec["author"], "digest": spec["digest"], "at": decision["created"],
            "name": decision["name"], "ends": min(ends, default=None),
        })
        self.settle_signatures(model)
        self.stand(model, fell=False)
        return True

    def is_own(self, model, author):
        """Of a model of which nobody knows who wrote it, nobody can be shown not to have."""
        contributors = model.content["contributors"]
        return contributors == "" or contributed(contributors, author)

    def accepts(self, decision, model):
        """For as long as the policy lets it, and not too often in a row."""
        spec, policy = decision["spec"], self.policy_of(model)
        since, until = decision["created"], ms(spec["expiresAt"])
        longest = policy["maxAcceptanceSeconds"] * 1000
        named = {indicator["name"] for indicator in model.spec["indicators"]}
        if spec["digest"] != model.content["digest"] or not named.issuperset(spec["indicators"]) or until - since > longest:
            return False
        before = [each for each in self.accepted if each["key"] == model.key and (each["from"], each["name"]) < (since, decision["name"])]
        if any(self.run_before(since, [each for each in before if name in each["indicators"]], longest) > policy["maxRenewals"] for name in spec["indicators"]):
            return False
        if self.is_own(model, spec["author"]) or until <= self.now:
            return False
        self.accepted.append({"key": model.key, "name": decision["name"], "indicators": spec["indicators"], "from": since, "until": until})
        return True

    @staticmethod
    def run_before(since, before, gap):
        length = 0
        for each in sorted(before, key=lambda one: -one["from"]):
            if since - each["until"] >= gap:
                break
            since, length = min(since, each["from"]), length + 1
        return length

    def accepted_now(self, decision, now):
        model = self.subject(decision)
        return bool(decision["judged"]) and model is not None and decision["spec"]["digest"] == model.content["digest"] and now < ms(decision["spec"]["expiresAt"])

    # Sign-offs

    def latest(self, model):
        latest = {}
        for each in sorted(model.sign_offs, key=lambda one: (one["at"], one["name"])):
            latest[each["role"]] = each
        return latest

    def role_standings(self, model, now):
        """Role by role: Signed, Never, Expired, Stale, SamePerson."""
        roles, latest = (self.tier_spec(model) or {}).get("signOffRoles", []), self.latest(model)
        is_over = lambda each: each["ends"] is not None and each["ends"] <= now
        is_stale = lambda each: each["digest"] != model.content["signableDigest"]
        counted = set()
        standings = {}
        for each in sorted((latest[role] for role in roles if role in latest), key=lambda one: (one["at"], one["name"])):
            if is_over(each):
                standings[each["role"]] = "Expired"
            elif is_stale(each):
                standings[each["role"]] = "Stale"
            else:
                standings[each["role"]] = "SamePerson" if each["author"] in counted else "Signed"
                counted.add(each["author"])
        return {role: standings.get(role, "Never") for role in roles}

    def signed_off(self, model, now):
        standings = self.role_standings(model, now)
        missing = [role for role, standing in standings.items() if standing != "Signed"]
        if not standings:
            return "True/NotRequired", missing
        if not missing:
            return "True/AllSigned", missing
        return ("False/Stale" if all(standings[role] == "Stale" for role in missing) else "False/Missing"), missing

    def settle_signatures(self, model):
        """What all signed last, and which versions carry all sign-offs."""
        standings, latest = self.role_standings(model, self.now), self.latest(model)
        self.forget_approved(model, self.now)
        if not standings:
            model.signed_criticality = None
        elif all(standing == "Signed" for standing in standings.values()):
            model.signed_criticality = model.criticality_of.get(model.content["signableDigest"])
            self.signed_names[model.key] = model.signed_criticality
            ends = [latest[role]["ends"] for role in standings if latest[role]["ends"] is not None]
            model.approved[model.spec["model"]["version"]] = {"ends": min(ends, default=None), "roles": set(standings)}
        elif model.signed_criticality is None:
            # Deleted and made anew, it is bound by what was signed of the one before.
            model.signed_criticality = self.signed_names.get(model.key)

    def forget_approved(self, model, now):
        roles = set(self.role_standings(model, now))
        is_kept = lambda each: (each["ends"] is None or each["ends"] > now) and roles and roles <= each["roles"]
        model.approved = {version: each for version, each in model.approved.items() if is_kept(each)}
