-- Degraded: what is written can't be used, or a provider does not answer, so that nobody's limits are watched.
-- kstatus: Ready, observedGeneration.
local hs = { status = "Progressing", message = "Waiting for the operator to read this policy" }
if obj.status == nil or obj.status.conditions == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return hs
end

local found = {}
for _, condition in ipairs(obj.status.conditions) do
  found[condition.type] = condition
end

for _, type in ipairs({ "Ready", "ProvidersReachable" }) do
  if found[type] ~= nil and found[type].status == "False" then
    hs.status = "Degraded"
    hs.message = found[type].reason .. ": " .. found[type].message
    return hs
  end
end

if found.Ready ~= nil and found.Ready.status == "True" then
  hs.status = "Healthy"
  hs.message = "Read and usable"
end
return hs
