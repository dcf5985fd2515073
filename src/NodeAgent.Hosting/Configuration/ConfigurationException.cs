// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Configuration;

/// <summary>A setting that cannot be used; the message is one line and names the key and where it was set.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
