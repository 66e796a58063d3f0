-- One action, and it decides nothing: it asks the operator to compute every stage of the plan. Whoever runs it needs the right to run
-- actions on the plan in Argo CD, and Argo CD itself the verb drill (ClusterRole modelrisk-driller).
local busy = obj.status == nil or obj.status.phase ~= "Idle"
local suspended = obj.spec.suspend ~= nil and obj.spec.suspend ~= "None"
local actions = {}
actions["drill"] = {
  ["disabled"] = busy or suspended,
  ["displayName"] = "Dry-run drill",
}
return actions
