/** The third-party actions that the workflows use. Each is pinned by commit, because a tag can be moved; the tag is noted beside it. */
export const PINNED_ACTIONS = {
  checkout: 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0',
  setupNode: 'actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0',
  uploadArtifact: 'actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2',
  downloadArtifact: 'actions/download-artifact@634f93cb2916e3fdff6788551b99b062d0335ce0 # v5.0.0',
  githubScript: 'actions/github-script@ed597411d8f924073f98dfc5c65a23a2325f34cd # v8.0.0',
} as const;
