-- An engaged plan does its job, and so does one that waits for a person's word: Healthy, and the message says what holds. Degraded:
-- it can't do what it promises until somebody acts, or another writer keeps undoing it. Suspended: Git says so.
-- kstatus: Ready, Stalled, Reconciling, observedGeneration.
local hs = { status = "Progressing", message = "Waiting for the operator to read this plan" }
if obj.status == nil or obj.status.conditions == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return hs
end

local found = {}
local function holds(type)
  return found[type] ~= nil and found[type].status == "True"
end
for _, condition in ipairs(obj.status.conditions) do
  found[condition.type] = condition
end

for _, type in ipairs({ "Stalled", "Contested" }) do
  if holds(type) then
    hs.status = "Degraded"
    hs.message = found[type].reason .. ": " .. found[type].message
    return hs
  end
end
if holds("Reconciling") then
  hs.message = found.Reconciling.message
  return hs
end
if not holds("Ready") then
  if found.Ready ~= nil then
    hs.message = found.Ready.reason .. ": " .. found.Ready.message
  end
  return hs
end
if obj.spec.suspend ~= nil and obj.spec.suspend ~= "None" then
  hs.status = "Suspended"
  hs.message = "spec.suspend is " .. obj.spec.suspend
  return hs
end

hs.status = "Healthy"
hs.message = "Nothing to hold"
for _, type in ipairs({ "AwaitingApproval", "Latched", "Held", "AwaitingEvidence", "Engaged" }) do
  if holds(type) then
    hs.message = type .. ": " .. found[type].message
    break
  end
end
return hs
