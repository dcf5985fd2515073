// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Why a profile is not complete. Stored in checkpoints: append-only.</summary>
[Flags]
internal enum PartialReasons
{
    None = 0,

    /// <summary>The container ran before it was observed.</summary>
    StartedLate = 1,

    /// <summary>Events of it, or of unknown owners, were lost while it was learned.</summary>
    EventsLost = 2,

    /// <summary>The agent was down for a part of the learning time.</summary>
    AgentRestarted = 4,

    /// <summary>The container failed before its time was over: what it would have done later was not seen.</summary>
    EndedEarly = 16,
}

internal static class PartialReasonTexts
{
    /// <returns>Shape: comma-separated words; empty = complete.</returns>
    public static string ToText(this PartialReasons reasons)
    {
        var words = new List<string>(3);
        if (reasons.HasFlag(PartialReasons.StartedLate))
        {
            words.Add("started-late");
        }

        if (reasons.HasFlag(PartialReasons.EventsLost))
        {
            words.Add("events-lost");
        }

        if (reasons.HasFlag(PartialReasons.AgentRestarted))
        {
            words.Add("agent-restarted");
        }

        if (reasons.HasFlag(PartialReasons.EndedEarly))
        {
            words.Add("ended-early");
        }

        return string.Join(',', words);
    }
}
